package effort

import "testing"

func TestLongIsAskedFor(t *testing.T) {
	t.Setenv("ELDERCARE_LONG", "1")
	if got := Of("short", "usual", "full"); got != "full" {
		t.Errorf("%s, want full", got)
	}
	t.Setenv("ELDERCARE_LONG", "")
	if got := Of("short", "usual", "full"); got != "usual" && !testing.Short() || got != "short" && testing.Short() {
		t.Errorf("%s, want what -short says", got)
	}
}
