"""Commands for running the timetable on a Prefect server."""

from collections.abc import Awaitable, Callable

import typer

app = typer.Typer(help="Run the timetable on a Prefect server (分布式调度).", no_args_is_help=True)


@app.command()
def deploy() -> None:
    """Register the timetable with the server that PREFECT_API_URL names; do so after an upgrade."""
    import anyio

    from flows.distributed import deploy, require_server

    address = require_server()
    for said in anyio.run(deploy):
        typer.echo(said)
    typer.echo(f"Registered at {address}. Serve it with: guapai prefect worker")


@app.command()
def worker() -> None:
    """Serve the timetable until interrupted. Settings come from this process's environment only."""
    import anyio

    from flows.catalogue import ground
    from flows.distributed import require_server, work
    from storage.schema.health import require_servant
    from storage.schema.schema import require_newest

    require_server()
    require_newest(ground().engine)
    require_servant(ground().engine)
    anyio.run(_until_interrupted, work)
    ground().engine.dispose()


async def _until_interrupted(work: "Callable[[], Awaitable[None]]") -> None:
    """Serve until SIGTERM or SIGINT; jobs under way are run to their ends."""
    import signal

    import anyio

    async with anyio.create_task_group() as group:

        async def wait() -> None:
            with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
                async for _ in signals:
                    group.cancel_scope.cancel()
                    return

        group.start_soon(wait)
        await work()
