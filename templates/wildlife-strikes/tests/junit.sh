# Sourced: runs checks and writes their JUnit report. A check is a function that prints what is wrong and fails; 77 means it was skipped.
cases='' passed=0 failed=0 skipped=0

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'; }

check() {   # check SUITE FUNCTION: the function's name is the test's, a sentence
    said=$("$2" 2>&1) && code=0 || code=$?
    text=$(printf '%s' "$said" | escape)
    case $code in
        0) passed=$((passed + 1)) outcome='' ;;
        77) skipped=$((skipped + 1)) outcome="<skipped message=\"$text\"/>" ;;
        *) failed=$((failed + 1)) outcome="<failure message=\"$(printf '%s' "$text" | head -n 1)\">$text</failure>" ;;
    esac
    cases="$cases<testcase classname=\"$1\" name=\"$2\">$outcome</testcase>"
    printf '%s %s%s\n' "$(case $code in 0) echo passed ;; 77) echo skipped ;; *) echo FAILED ;; esac)" "$2" "${said:+: $said}"
}

finish() {  # finish SUITE REPORT.xml
    mkdir -p "$(dirname "$2")"
    printf '<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="%s" tests="%d" failures="%d" errors="0" skipped="%d">%s</testsuite></testsuites>\n' \
        "$1" $((passed + failed + skipped)) "$failed" "$skipped" "$cases" > "$2.new"
    mv "$2.new" "$2"
    test "$failed" -eq 0
}
