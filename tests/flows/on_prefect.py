"""Runs two flows of the catalogue on a real Prefect server, in a process of its own."""

import json
import sys

from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

from flows.catalogue import FLOWS


def main() -> None:
    """Run them with the settings of the command line; print what the server has of them."""
    settings = json.loads(sys.argv[1])
    with prefect_test_harness(server_startup_timeout=120):
        said = {name: FLOWS[name](settings) for name in ("sweep", "post")}
        with get_client(sync_client=True) as client:
            names = {flow.id: flow.name for flow in client.read_flows()}
            states = {names[run.flow_id]: run.state_name for run in client.read_flow_runs()}
    print(json.dumps({"said": said, "states": states}))


if __name__ == "__main__":
    main()
