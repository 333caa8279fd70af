//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// limitsAreErrors makes a write beyond the greatest size of a file (ulimit -f) fail as one on a
// full disk does. By itself it is a signal that ends the program with a dump.
func limitsAreErrors() { signal.Ignore(syscall.SIGXFSZ) }
