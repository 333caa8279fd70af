package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/serve"
)

const decisions = "/v1/hongtong/decisions"

// secret stands in each request for what is personal, or came from somewhere.
const secret = "zhangsan110101194402290019"

// refusal is a request that is refused, with the problem that says why.
type refusal struct {
	asking
	status int
	code   string
	about  string // an attribute, or a word of the remedy
}

// wrongElder is a request about an elder with one thing wrong.
func wrongElder(elder, about string) refusal {
	return refusal{post(decisions, elder), http.StatusUnprocessableEntity, "wrong-input", about}
}

func malformed(body, about string) refusal {
	return refusal{post(decisions, body), http.StatusBadRequest, "malformed", about}
}

func wrongParameter(a asking, about string) refusal {
	return refusal{a, http.StatusBadRequest, "wrong-parameter", about}
}

// wrongElders are elders with something wrong: a value that is none, or what cannot be together.
func wrongElders() []refusal {
	var all []refusal
	for about, elders := range map[string][]string{
		"age":                 {`{"age":-1}`, `{"age":131}`, `{"age":1.5}`, `{"age":true}`, `{"age":"SECRET"}`, `{"age":[70]}`, `{"age":{"SECRET":1}}`, `{"age":1e99}`, `{"age":99999999999999999999}`},
		"local_hukou":         {`{"local_hukou":1}`, `{"local_hukou":"SECRET"}`, `{"local_hukou":[]}`},
		"assistance_category": {`{"assistance_category":"SECRET"}`, `{"assistance_category":7}`, `{"assistance_category":true}`, `{"assistance_category":["dibao"]}`},
		"self_care":           {`{"self_care":"SECRET"}`, `{"self_care":{}}`},
		"disability_grade":    {`{"disability_grade":5}`, `{"disability_grade":-1}`, `{"disability_kind":"visual","disability_grade":0}`, `{"disability_kind":"none","disability_grade":2}`},
		"support_mode":        {`{"support_mode":"dispersed","assistance_category":"dibao"}`, `{"support_mode":"SECRET"}`},
		"birth_date":          {`{"birth_date":"2026-13-01"}`, `{"birth_date":"SECRET"}`, `{"birth_date":true}`, `{"birth_date":"1950-02-30"}`, `{"birth_date":"2090-01-01"}`, `{"birth_date":"1950-01-01","age":20}`},
		"id_number":           {`{"id_number":"SECRET"}`, `{"id_number":"110101194402290018"}`, `{"id_number":true}`},
		"hukou_code":          {`{"hukou_code":"SECRET"}`, `{"hukou_code":"99"}`, `{"hukou_code":[]}`},
		"residence_code":      {`{"residence_code":"1"}`},
		"id":                  {`{"id":true}`, `{"id":{}}`},
	} {
		for _, e := range elders {
			all = append(all, wrongElder(strings.ReplaceAll(e, "SECRET", secret), about))
		}
	}
	for _, key := range []string{"agee", "hukou", "__proto__"} {
		all = append(all, wrongElder(`{"`+strings.ReplaceAll(key, "SECRET", secret)+`":1}`, "attribute"))
	}
	return all
}

func malformedBodies() []refusal {
	return []refusal{
		malformed("", "empty"), malformed(" \n", "empty"), malformed("\xef\xbb\xbf", "empty"), malformed("[", "bracket"),
		malformed("[{", "bracket"), malformed(`[{"age":70}`, "bracket"), malformed(`[{"age":70},]`, "comma"), malformed(`[,]`, "comma"),
		malformed(`[{"age":70}{"age":71}]`, "comma"), malformed(`[{"age":70}] x`, "array"), malformed(`{`, "bracket"),
		malformed(`{"id":"`+secret, "bracket"), malformed(secret, "elders"), malformed("<elder>"+secret+"</elder>", "elders"), malformed("null", "elders"),
		malformed("7", "elders"), malformed(`"`+secret+`"`, "elders"), malformed("true", "elders"), malformed("id,age\n"+secret+",70\n", "elders"),
		malformed("\xff\xfe{\x00", "UTF-8"), malformed(`{"age":70}}`, "line 1"), malformed(`{"age":}`, "JSON"), malformed(`{age:70}`, "JSON"),
		malformed(`{"age":70,}`, "JSON"), malformed(`{"age":07}`, "JSON"), malformed(`{'age':70}`, "JSON"), malformed(`{"age":70,"age":71}`, "age"),
		malformed(`{"`+secret+`_x":1}`, "key 1"), malformed(`{"id":"`+"\x01"+secret+`"}`, "JSON"), malformed("{\"id\":\"\xff"+secret+"\"}", "UTF-8"), malformed(`{"age":NaN}`, "JSON"),
		{post(decisions, `{"age":70}{"age":71}`), http.StatusBadRequest, "several-elders", "x-ndjson"},
		{post(decisions, "{\"age\":70}\n{\"id\":\""+secret+"\"}\n"), http.StatusBadRequest, "several-elders", "array"},
		{lines(decisions, ""), http.StatusBadRequest, "malformed", "empty"},
		{lines(decisions, secret), http.StatusBadRequest, "malformed", "elders"},
		{post(decisions, `{"id":"`+strings.Repeat(secret, 50_000)+`"}`), http.StatusRequestEntityTooLarge, "too-large", "1048576"},
		{post(decisions, "["+strings.Repeat(`{},`, 1000)+"{}]"), http.StatusRequestEntityTooLarge, "too-many-elders", "1000"},
	}
}

func wrongHeaders() []refusal {
	elder := `{"id":"` + secret + `"}`
	var all []refusal
	for _, kind := range []string{
		"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv", "application/xml", secret, ";;", "application/json2",
	} {
		all = append(all, refusal{post(decisions, elder).with("Content-Type", kind), http.StatusUnsupportedMediaType, "unsupported-type", "application/json"})
	}
	for _, encoding := range []string{"gzip", "br", secret, "identity, gzip"} {
		all = append(all, refusal{post(decisions, elder).with("Content-Encoding", encoding), http.StatusUnsupportedMediaType, "unsupported-type", "Content-Encoding"})
	}
	notices := post("/v1/hongtong/notices", `{"age":70}`)
	for _, accept := range []string{"application/json", "image/png", "text/html;q=0", secret, "text/html;q=" + secret} {
		all = append(all, refusal{notices.with("Accept", accept), http.StatusNotAcceptable, "not-acceptable", "markdown"})
	}
	return append(all,
		refusal{lines("/v1/hongtong/notices", elder), http.StatusUnsupportedMediaType, "unsupported-type", "document"},
		refusal{notices.with("Authorization", "Bearer "+secret).with("Accept", "x/y"), http.StatusNotAcceptable, "not-acceptable", "html"},
	)
}

func wrongAddresses() []refusal {
	elder := `{"age":70}`
	all := []refusal{
		{post("/v1/"+secret+"/decisions", elder), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{post("/v1/hungtong/decisions", elder), http.StatusNotFound, "unknown-jurisdiction", `"hongtong"`},
		{post("/v1/%E6%B4%AA/decisions", elder), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{get("/v1/lists/" + secret), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{get("/v1/checks/" + secret), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{get("/v1/diffs?a=hongtong&b=" + secret), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{get("/v1/checks/hongtong?against=" + secret), http.StatusNotFound, "unknown-jurisdiction", "jurisdictions"},
		{get("/v1/schemas/" + secret), http.StatusNotFound, "not-found", "elder"},
		{get("/" + secret), http.StatusNotFound, "not-found", "openapi"},
		{get("//v1/jurisdictions"), http.StatusNotFound, "not-found", "openapi"},
		{get("//"), http.StatusNotFound, "not-found", "openapi"},
		{get("/v1/../v1/jurisdictions"), http.StatusNotFound, "not-found", "openapi"},
		{post("/v1/hongtong//decisions", elder), http.StatusNotFound, "not-found", "openapi"},
		{get("/v1/"), http.StatusNotFound, "not-found", "openapi"},
		{post("/v1/hongtong/decisions/"+secret, elder), http.StatusNotFound, "not-found", "openapi"},
		{post("/v1/hongtong/"+secret, elder), http.StatusNotFound, "not-found", "openapi"},
		{post("/v1/hongtong/explanations?service="+secret, elder), http.StatusNotFound, "not-listed", "lists"},
		{post(decisions+"?on=2023-12-31", elder), http.StatusNotFound, "not-in-force", "2024-01-01"},
		{get("/v1/lists/hongtong?on=1949-10-01"), http.StatusNotFound, "not-in-force", "2024-01-01"},
	}
	for _, a := range []asking{get(decisions), {method: "PUT", path: decisions}, {method: secret, path: decisions}, {method: "DELETE", path: decisions}} {
		all = append(all, refusal{a, http.StatusMethodNotAllowed, "wrong-method", "POST"})
	}
	for _, path := range []string{"/v1/jurisdictions", "/v1/lists/hongtong", "/v1/checks/hongtong", "/v1/diffs", "/v1/schemas/elder", "/openapi.json", "/healthz", "/readyz", "/metrics", "/"} {
		all = append(all, refusal{post(path, secret), http.StatusMethodNotAllowed, "wrong-method", "use GET"})
	}
	return all
}

func wrongParameters() []refusal {
	elder := `{"age":70}`
	var all []refusal
	for _, query := range []string{
		"on=" + secret, "on=2026-02-30", "on=", "on=20261122", "on=2026-11-22T00:00:00Z", "on=2026-11-22&on=2026-11-23", "assume_known=1",
		"assume_known=" + secret, "assume_known", "assume_known=true&assume_known=true",
	} {
		name, _, _ := strings.Cut(query, "=")
		all = append(all, wrongParameter(post(decisions+"?"+query, elder), name))
	}
	all = append(all, wrongParameter(post(decisions+"?"+secret+"=1", elder), "assume_known"), wrongParameter(post(decisions+"?On=2026-11-22", elder), "on"))
	for path, about := range map[string]string{
		decisions + "?assumeknown=true":                           "assume_known",
		decisions + "?%zz":                                        "well-formed",
		decisions + "?a=1;b=2":                                    "well-formed",
		"/v1/hongtong/timelines":                                  "from",
		"/v1/hongtong/timelines?from=2026-01":                     "to",
		"/v1/hongtong/timelines?from=2026-13&to=2027-01":          "from",
		"/v1/hongtong/timelines?from=" + secret + "&to=2027-01":   "from",
		"/v1/hongtong/timelines?from=2027-01&to=2026-01":          "from",
		"/v1/hongtong/timelines?from=2027-01&to=9000-01":          "from",
		"/v1/hongtong/notices?lang=" + secret:                     "lang",
		"/v1/hongtong/notices?format=" + secret:                   "format",
		"/v1/hongtong/notices?format=json":                        "markdown",
		"/v1/hongtong/questions?service=x":                        "on",
		"/v1/hongtong/decisions?on=2026-11-22&format=" + "secret": "assume_known",
	} {
		all = append(all, wrongParameter(post(path, elder), about))
	}
	for path, about := range map[string]string{
		"/v1/diffs": "a is missing", "/v1/diffs?a=hongtong": "b is missing", "/v1/diffs?a=&b=hongtong": "a must", "/v1/diffs?a=hongtong&b=shuozhou&b_on=" + secret: "b_on",
		"/v1/schemas/elder?x=" + secret: "no parameters", "/openapi.json?" + secret: "no parameters", "/v1/lists/hongtong?effective=ja": "effective",
	} {
		all = append(all, wrongParameter(get(path), about))
	}
	return all
}

// Each of more than a hundred malformed requests gets the right status and says what is wrong, and
// neither the answer nor the log repeats anything of it.
func TestMalformedRequests(t *testing.T) {
	s, log := start(t, options())
	var all []refusal
	for _, some := range [][]refusal{wrongElders(), malformedBodies(), wrongHeaders(), wrongAddresses(), wrongParameters()} {
		all = append(all, some...)
	}
	if len(all) < 100 {
		t.Fatalf("only %d requests", len(all))
	}
	for i, r := range all {
		t.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
			w := r.of(s)
			body := w.Body.String()
			what := fmt.Sprintf("%s %s %.60q: %d %s", r.method, r.path, r.body, w.Code, body)
			if w.Code != r.status || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Fatalf("want %d\n%s", r.status, what)
			}
			p := decode[serve.Problem](t, w.Body)
			if p.Status != r.status || p.Code != r.code || p.Title == "" || !strings.HasSuffix(p.Type, "#"+r.code) {
				t.Errorf("want %d %s\n%s", r.status, r.code, what)
			}
			if !strings.Contains(body, r.about) && !strings.Contains(body, strings.ReplaceAll(r.about, `"`, `\"`)) {
				t.Errorf("it does not say %s\n%s", r.about, what)
			}
			if strings.Contains(body, secret) || strings.Contains(body, secret[8:]) {
				t.Errorf("it repeats what came in\n%s", what)
			}
		})
	}
	for _, word := range []string{secret, secret[8:], "110101194402290018", "1950-02", "zz", "hungtong"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log has %q", word)
		}
	}
	if n := strings.Count(log.String(), `"msg":"request"`); n != len(all) {
		t.Errorf("%d of %d requests are logged", n, len(all))
	}
}
