sh choose.sh '[{"rate": 0.1, "score": 0.9}, {"rate": 0.5, "score": 0.95}, {"rate": 1, "score": -2.5}]' /tmp/rate /tmp/score && [ "$(cat /tmp/rate) $(cat /tmp/score)" = '0.5 0.95' ] || failed="<failure message='$(cat /tmp/rate /tmp/score)'/>"
echo "<testsuite name='choose'><testcase name='takes the highest score'>${failed:-}</testcase></testsuite>" >/reports/junit.xml
