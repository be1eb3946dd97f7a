"""When things run: the timetable and the engines that read it."""
