package serve_test

import (
	"net/http"
	"strings"
	"testing"
)

// A stream that cannot go on ends with a line that says why, also when no answer is written yet.
// The log has the code.
func TestStreamEndsWithError(t *testing.T) {
	o := options()
	o.Limits.Elders = 5
	s, log := start(t, o)
	w := lines(decisions, strings.Repeat("{\"age\":80}\n", 6)).of(s)
	answers := strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
	if w.Code != http.StatusOK || len(answers) != 6 {
		t.Fatalf("%d, %d lines", w.Code, len(answers))
	}
	if last := answers[5]; !strings.HasPrefix(last, `{"error":[{"code":"too-many-elders"`) {
		t.Errorf("the last line is %s", last)
	}
	if !strings.Contains(log.String(), `"cut":false,"code":"too-many-elders"`) {
		t.Errorf("the log is %s", log)
	}
}
