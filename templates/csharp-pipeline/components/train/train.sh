# train.sh DATA RATE STEPS MODEL TRIAL: the model is "slope,offset", the trial {"rate": …, "score": …}.
set -eu
awk -F, -v rate="$2" -v steps="$3" -v model="$4" -v trial="$5" '
  { x[NR] = $1; y[NR] = $2; sum += $2 }
  END {
    for (step = 0; step < steps; step++) {
      da = db = 0
      for (i = 1; i <= NR; i++) { error = a * x[i] + b - y[i]; da += error * x[i]; db += error }
      a -= rate * 2 * da / NR; b -= rate * 2 * db / NR
    }
    for (i = 1; i <= NR; i++) { error = a * x[i] + b - y[i]; left += error * error; error = y[i] - sum / NR; all += error * error }
    printf "%.5f,%.5f\n", a, b >model
    printf "{\"rate\": %s, \"score\": %.5f}\n", rate, 1 - left / all >trial
    printf "rate %s: score %.5f\n", rate, 1 - left / all
  }' "$1"
