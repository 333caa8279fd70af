package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Reasons and timelines fit the page, in both languages and for every list.
func TestReasonsFitTheirWidth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "elder.json")
	content := `{"id": "E-1", "birth_date": "1936-05-06", "local_hukou": true, "assistance_category": "tekun", "support_mode": "dispersed"}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, j := range []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"} {
		for _, args := range [][]string{
			{"explain", "-j", j, "--on", "2026-11-22", file},
			{"explain", "-j", j, "--on", "2026-11-22", "--lang", "en", "--assume-known", file},
			{"evaluate", "-j", j, "--from", "2026-01", "--to", "2026-12", file},
		} {
			code, stdout, stderr := execute(args...)
			if code != exitFine || stderr != "" || stdout == "" {
				t.Fatalf("%v: exit code %d: %s", args, code, stderr)
			}
			for line := range strings.Lines(stdout) {
				if w := displayWidth(strings.TrimSuffix(line, "\n")); w > pageWidth {
					t.Errorf("%v: %d columns: %s", args, w, line)
				}
			}
		}
	}
}
