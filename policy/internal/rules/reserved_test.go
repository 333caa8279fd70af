package rules_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// No file defines what rules read in another place: of a package of ours, or of another list,
// neither as a whole nor in part.
func TestReservedPackages(t *testing.T) {
	const figures = "\nold_age_allowance_age := 1\n"
	for _, test := range []struct{ name, path, rego, want string }{
		{"figures", "rego/parameters.rego", "package parameters\n" + figures, "rego/parameters.rego:1:1 reserved-package"},
		{"figures below a comment", "rego/parameters.rego", "# figures\n\npackage parameters\n" + figures, "rego/parameters.rego:3:1 reserved-package"},
		{"another list by its name", "rego/lists.rego", "package lists\n\nshuozhou.grants contains {} if input.age > 1\n", "rego/lists.rego:1:1 reserved-package"},
		{"the lists' facts", "rego/catalogs.rego", "package catalogs\n\nlists := []\n", "rego/catalogs.rego:1:1 reserved-package"},
		{"partial", "rego/partial.rego", "package partial\n\nx := 1\n", "rego/partial.rego:1:1 reserved-package"},
		{"OPA's server", "rego/system.rego", "package system\n\nmain := 1\n", "rego/system.rego:1:1 reserved-package"},
		{"figures in another file", "rego/helpers.rego", "package parameters\n" + figures, "rego/helpers.rego:1:1 package-mismatch"},
		{"deep figures", "rego/helpers.rego", "package parameters.deep\n" + figures, "rego/helpers.rego:1:1 package-mismatch"},
		{"figures among the lists", "rego/lists/own.rego", "package parameters\n" + figures, "rego/lists/own.rego:1:1 package-mismatch"},
		{"predicates", "rego/helpers.rego", "package elder\n\nis_elder if input.age > 1\n", "rego/helpers.rego:1:1 package-mismatch"},
		{"predicates in their file", "rego/elder.rego", "package elder\n\nis_elder if input.age > 1\n", "rego/elder.rego:1:1 unasked-replacement"},
		{"promises", "rego/grant.rego", "package grant\n\nx := 1\n", "rego/grant.rego:1:1 unasked-replacement"},
		{"the composition", "rego/eldercare.rego", "package eldercare\n\ndecision := 1\n", "rego/eldercare.rego:1:1 unasked-replacement"},
		{"another list", "rego/lists/shuozhou.rego", "package lists.shuozhou\n\nx := 1\n", "rego/lists/shuozhou.rego:1:1 unasked-replacement"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := mistake{}.files(t)
			files[test.path] = &fstest.MapFile{Data: []byte(test.rego)}
			_, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
			var got []string
			for _, p := range places(err) {
				if p == test.want { // what follows from it does not matter
					got = append(got, p)
				}
			}
			if diff := cmp.Diff([]string{test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

// A folder may have shared modules of its own.
func TestOwnSharedModule(t *testing.T) {
	files := mistake{edit: []string{"elder.is_elder", "helpers.old", "import data.elder", "import data.helpers"}}.files(t)
	files["rego/helpers.rego"] = &fstest.MapFile{Data: []byte("package helpers\n\nold if input.age >= 90\n")}
	if _, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own")); err != nil {
		t.Error(err)
	}
}
