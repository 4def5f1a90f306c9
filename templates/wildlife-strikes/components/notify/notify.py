"""Says how a run ended: notify.py MESSAGE STATUS. The place to call a chat's web hook."""

import json
import sys


def sentence(message: str, status: dict) -> str:
    """STATUS is KFP's PipelineTaskFinalStatus."""
    ending = {"SUCCEEDED": "succeeded", "FAILED": "failed", "CANCELLED": "was cancelled"}.get(status.get("state", ""), f"ended as {status.get('state')}")
    reason = status.get("error", {}).get("message")
    return f"{message} {ending}{f': {reason}' if reason else ''}."


if __name__ == "__main__":
    print(sentence(sys.argv[1], json.loads(sys.argv[2])))
