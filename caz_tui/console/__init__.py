"""The command line: what each command does once its options are understood."""
