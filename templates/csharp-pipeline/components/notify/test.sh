[ "$(sh notify.sh done '{"state": "SUCCEEDED"}' | head -n 1)" = 'done' ] || failed="<failure message='the message is not said'/>"
echo "<testsuite name='notify'><testcase name='says the message'>${failed:-}</testcase></testsuite>" >/reports/junit.xml
