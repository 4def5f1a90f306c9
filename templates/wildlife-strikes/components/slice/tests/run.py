"""Runs the unit tests beside this file and writes their JUnit report: run.py REPORT.xml"""

import sys
import time
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path


class JUnitResult(unittest.TextTestResult):
    """Keeps one <testcase> a test, beside what is printed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases: dict[str, xml.Element] = {}

    def startTest(self, test):
        super().startTest(test)
        classname, _, name = test.id().rpartition(".")
        self.cases[test.id()] = xml.Element("testcase", classname=classname, name=name)
        self._started = time.perf_counter()

    def stopTest(self, test):
        super().stopTest(test)
        self.cases[test.id()].set("time", f"{time.perf_counter() - self._started:.3f}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._outcome(test, "failure", str(err[1]), self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._outcome(test, "error", str(err[1]), self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._outcome(test, "failure", f"{subtest}: {err[1]}", str(err[1]))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._outcome(test, "skipped", reason, "")

    def _outcome(self, test, kind, message, text):
        # What fails outside a test, such as an import or setUpClass, never started one.
        case = self.cases.setdefault(test.id(), xml.Element("testcase", classname=test.id(), name=test.id()))
        xml.SubElement(case, kind, message=message.strip().split("\n")[0]).text = text

    def write(self, path: Path, name: str) -> None:
        cases = list(self.cases.values())
        counts = {
            "tests": len(cases),
            "failures": sum(case.find("failure") is not None for case in cases),
            "errors": sum(case.find("error") is not None for case in cases),
            "skipped": sum(case.find("skipped") is not None for case in cases),
        }
        suite = xml.Element("testsuite", name=name, **{key: str(value) for key, value in counts.items()})
        suite.extend(cases)
        root = xml.Element("testsuites")
        root.append(suite)
        path.parent.mkdir(parents=True, exist_ok=True)
        xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def main(report: Path) -> int:
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parent))
    tests = unittest.defaultTestLoader.discover(str(here), pattern="test_*.py")
    result = unittest.TextTestRunner(resultclass=JUnitResult, verbosity=2).run(tests)
    result.write(report, here.parent.name)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
