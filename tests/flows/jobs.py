"""The jobs of the timetable by their names."""

from flows.timetable import TIMETABLE, Job

JOBS: dict[str, Job] = {job.name: job for job in TIMETABLE}
