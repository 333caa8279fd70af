package register_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// Rows are read without being answered: what is said stays as given, and each needs an id of its
// own.
func TestPeople(t *testing.T) {
	const text = "id,出生日期,age,低保\na,1961年5月4日,,是\n,,,\nb,,eighty,\n,,80,\na,,70,\nc,1940-02-29,50,\nd,,81,\n"
	in := must(register.CSV{}.Open(t.Context(), strings.NewReader(text), ""))
	defer in.Close()
	people := register.NewPeople(must(register.New(rules(t, "hongtong"), in, lenient)))
	var got []string
	for {
		p, err := people.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		line := p.ID
		if p.Blank {
			line += "blank"
		}
		for _, x := range p.Problems {
			line += " " + x.Column + " " + x.Code
		}
		if len(p.Problems) == 0 {
			for _, name := range []string{"birth_date", "age", "assistance_category"} {
				if v, ok := p.Elder[name]; ok {
					line += " " + fmt.Sprintf("%s=%v", name, v)
				}
			}
		}
		got = append(got, line)
	}
	want := []string{
		"a birth_date=1961-05-04 assistance_category=dibao", "blank", "b age unreadable", " id missing-id", "a id duplicate-id",
		"c age;出生日期 contradiction", "d age=81",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
