// Package heap puts off garbage collection until the heap has grown to 32 MB, which a short run
// never does. After that collection goes on as usual. It does nothing when GOGC is set.
//
// It works by being imported. Go initialises packages in the order of their paths, as far as they
// do not need each other: this one before the libraries, of which some fill 3 MB.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
)

func init() {
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(800) // the first collection is at 4 MB × 800 / 100
	first := new([16]byte)
	runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
