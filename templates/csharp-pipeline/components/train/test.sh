printf '0,1\n0.5,2\n1,3\n' >/tmp/data
sh train.sh /tmp/data 0.5 500 /tmp/model /tmp/trial && [ "$(cat /tmp/model)" = 2.00000,1.00000 ] && grep -q '"score": 1.00000' /tmp/trial || failed="<failure message='$(cat /tmp/model)'/>"
echo "<testsuite name='train'><testcase name='finds a line that is there'>${failed:-}</testcase></testsuite>" >/reports/junit.xml
