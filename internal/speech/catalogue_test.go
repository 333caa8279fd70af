package speech

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
)

func TestDump(t *testing.T) {
	s := readSource(t)
	f, _ := os.Create("/tmp/langx/missing.txt")
	defer f.Close()
	for _, m := range slices.Sorted(maps.Keys(s.messages)) {
		if _, ok := catalogue()[m]; !ok {
			fmt.Fprintf(f, "%s\t%q\n", s.messages[m], m)
		}
	}
}
