"""What each command of the command line does; `tdiff.cli` only declares them."""
