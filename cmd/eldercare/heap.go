package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// deferCollection puts off garbage collection until the heap has grown to 32 MB, which a short run
// never does. After that collection goes on as usual. It does nothing when GOGC is set.
func deferCollection() {
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(800) // the first collection is at 4 MB × 800 / 100
	first := new([16]byte)
	runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}

// boundHeap keeps what a register in the making takes below 300 MB with what the program itself
// takes, by collecting more often when it comes near. It does nothing when GOMEMLIMIT says what is
// wanted.
func boundHeap() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(220 << 20)
	}
}
