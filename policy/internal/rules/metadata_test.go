package rules_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// loadWithin returns the diagnostics of loading files over ours. A load that waits for a pipe fails
// the test.
func loadWithin(t *testing.T, files fstest.MapFS) []string {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := eldercare.Load(context.WithoutCancel(t.Context()), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
		done <- err
	}()
	select {
	case err := <-done:
		return messages(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the load hangs")
		return nil
	}
}

const schemasRefused = "error: METADATA of a list must not name schemas; remove schemas; catalogs/attributes.yaml has the types of attributes [metadata-schemas]"

// METADATA with schemas is refused where it stands, and nothing that it refers to is opened:
// neither a file, whose text would show in messages, nor a pipe, which would hang, nor an address.
func TestSchemasInMetadataAreRefused(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer server.Close()
	dir := t.TempDir()
	t.Chdir(dir)
	canary := filepath.Join(dir, "canary.json")
	if err := os.WriteFile(canary, []byte(`{"properties": {"canary_7f3a": {"type": "string"}}, "additionalProperties": false}`), 0o600); err != nil {
		t.Fatal(err)
	}
	references := map[string]string{
		"file":     "file://" + filepath.ToSlash(canary),
		"relative": "canary.json",
		"upwards":  "../" + filepath.Base(dir) + "/canary.json#/properties",
		"http":     server.URL + "/schema.json",
	}
	if runtime.GOOS != "windows" {
		pipe := filepath.Join(dir, "pipe.json")
		if err := exec.Command("mkfifo", pipe).Run(); err != nil {
			t.Fatal(err)
		}
		references["pipe"] = "file://" + pipe
	}
	for name, reference := range references {
		for _, scope := range []string{"rule", "document", "package", "subpackages"} {
			t.Run(name+" "+scope, func(t *testing.T) {
				schemas := fmt.Sprintf("# scope: %s\n# schemas:\n#   - input: {\"$ref\": %q}\n", scope, reference)
				rego, at := strings.Replace(ownRego, "# title: 助餐\n", "# title: 助餐\n"+schemas, 1), "10:3"
				switch scope {
				case "document":
					rego, at = ownRego+"\n# METADATA\n"+schemas+"_old if input.age > 90\n", "18:3"
				case "package", "subpackages":
					rego, at = "# METADATA\n"+schemas+ownRego, "3:3"
				}
				files := mistake{}.files(t)
				files["rego/lists/own.rego"] = &fstest.MapFile{Data: []byte(rego)}
				want := []string{"rego/lists/own.rego:" + at + ": " + schemasRefused}
				if diff := cmp.Diff(want, loadWithin(t, files)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the address was asked %d times", n)
	}
}

// Schemas are refused in every form and every file.
func TestSchemasAreRefusedEverywhere(t *testing.T) {
	own := func(metadata string) string { return strings.Replace(ownRego, "# title: 助餐\n", metadata, 1) }
	const shared = "package helpers\n\n# METADATA\n# schemas:\n#   - input: schema.elder\nold if input.age > 90\n"
	for _, test := range []struct {
		name, path, rego, want string
	}{
		{"a definition", "rego/lists/own.rego", own("# schemas:\n#   - input.age: {type: string}\n# title: 助餐\n"), "8:3"},
		{"a name", "rego/lists/own.rego", own("# title: 助餐\n# schemas: [{input: schema.elder}]\n"), "9:3"},
		{"quotes", "rego/lists/own.rego", own("# 'title': 助餐\n# 'schemas': [{input: schema}]\n"), "9:4"},
		{"braces", "rego/lists/own.rego", own("# {title: 助餐, schemas: [{input: schema}], custom: {item: \"2\"}}\n# # "), "7:1"},
		{"a shared file", "rego/helpers.rego", shared, "4:3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := mistake{}.files(t)
			files[test.path] = &fstest.MapFile{Data: []byte(test.rego)}
			want := []string{test.path + ":" + test.want + ": " + schemasRefused}
			if diff := cmp.Diff(want, loadWithin(t, files)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The bundle gives stock OPA a composition that Load left unread: neither schemas nor clocks are in
// it.
func TestBundleIsCheckedToo(t *testing.T) {
	const composition = "rego/eldercare.rego"
	for name, test := range map[string]struct{ rego, want string }{
		"schemas": {
			"package eldercare\n\n# METADATA\n# schemas:\n#   - input: {\"$ref\": \"file:///dev/zero\"}\nold if input.age > 90\n",
			composition + ":4:3 metadata-schemas",
		},
		"clock": {"package eldercare\n\nold if time.now_ns() > 90\n", composition + ":3:8 rego-type-error"},
	} {
		t.Run(name, func(t *testing.T) {
			files := mistake{}.files(t)
			files[composition] = &fstest.MapFile{Data: []byte(test.rego)}
			engine, err := eldercare.Load(t.Context(), eldercare.Replace(composition), eldercare.WithFS("", files))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.want}, places(engine.WriteBundle(io.Discard))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
