package serve

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// form is the form of an answer.
type form struct {
	name, mediaType string
}

// These are the forms.
var (
	formJSON     = form{"json", typeJSON}
	formHTML     = form{"html", "text/html; charset=utf-8"}
	formMarkdown = form{"markdown", "text/markdown; charset=utf-8"}
	formCSV      = form{"csv", "text/csv; charset=utf-8"}
	formExcel    = form{"xlsx", typeExcel}
)

// send writes an answer. Its headers let a page run no script and load nothing.
func (f form) send(w http.ResponseWriter, content []byte) error {
	w.Header().Set("Content-Type", f.mediaType)
	if f == formHTML {
		w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'; img-src data:")
	}
	_, err := w.Write(content)
	return err
}

// negotiate chooses one of the forms: the one that the parameter names, or else the one that the
// Accept header likes best. Of equals it takes the first.
func (q *request) negotiate(forms ...form) (form, error) {
	names := make([]string, len(forms))
	for i, f := range forms {
		if names[i] = f.name; f.name == q.format {
			return f, nil
		}
	}
	if q.format != "" {
		return form{}, refuse("wrong-parameter", "format must be %s", strings.Join(names, " or "))
	}
	accepted := strings.Join(q.Header.Values("Accept"), ",")
	if strings.TrimSpace(accepted) == "" {
		return forms[0], nil
	}
	best, liking := form{}, 0.0
	for _, f := range forms {
		if l := liked(accepted, f.mediaType); l > liking {
			best, liking = f, l
		}
	}
	if liking == 0 {
		return form{}, refuse("not-acceptable", "there is %s; the parameter format names one", strings.Join(names, " and "))
	}
	return best, nil
}

// liked returns how much an Accept header likes a type, from 0 to 1, by the range that matches it
// most closely.
func liked(accepted, mediaType string) float64 {
	kind, _, _ := mime.ParseMediaType(mediaType)
	major, _, _ := strings.Cut(kind, "/")
	fits := []string{"*/*", major + "/*", kind}
	closest, liking := -1, 0.0
	for part := range strings.SplitSeq(accepted, ",") {
		what, parameters, err := mime.ParseMediaType(part)
		how := slices.Index(fits, what)
		if err != nil || how < closest || how < 0 {
			continue
		}
		weight := 1.0
		if given, ok := parameters["q"]; ok {
			if weight, err = strconv.ParseFloat(given, 64); err != nil {
				continue
			}
		}
		closest, liking = how, weight
	}
	return liking
}
