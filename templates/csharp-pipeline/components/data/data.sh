# data.sh ROWS FILE: lines "x,y" with y near 3x + 1.
set -eu
awk -v rows="$1" 'BEGIN { srand(7); for (i = 0; i < rows; i++) { x = i / rows; printf "%.4f,%.4f\n", x, 3 * x + 1 + (rand() - 0.5) / 5 } }' >"$2"
