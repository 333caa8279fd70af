package main

import (
	"os"
	"runtime/debug"
)

// boundHeap keeps what a register in the making takes below 300 MB with what the program itself
// takes, by collecting more often when it comes near. It does nothing when GOMEMLIMIT says what is
// wanted.
func boundHeap() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(220 << 20)
	}
}
