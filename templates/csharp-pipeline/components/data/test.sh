sh data.sh 10 /tmp/data && [ "$(grep -c '^0\.[0-9]*,[0-9.]*$' /tmp/data)" = 10 ] || failed="<failure message='expected 10 points'/>"
echo "<testsuite name='data'><testcase name='makes as many points as asked for'>${failed:-}</testcase></testsuite>" >/reports/junit.xml
