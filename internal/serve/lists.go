package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

// List is the list of a jurisdiction on a day, with what it offers.
type List struct {
	List     policy.Listing    `json:"list"`
	On       eldercare.Date    `json:"on"`
	Digest   string            `json:"digest"`
	Services []eldercare.Offer `json:"services"`
}

// jurisdictions shows which jurisdictions have a list.
func jurisdictions(w http.ResponseWriter, q *request) error {
	on := q.day()
	if q.known(w, q.revision, on.String()) {
		return nil
	}
	return sendJSON(w, q.Listings(on))
}

// list shows the list of one jurisdiction.
func list(w http.ResponseWriter, q *request) error {
	rules, err := q.rules()
	if err != nil || q.known(w, rules.Digest, rules.On.String()) {
		return err
	}
	l := List{List: policy.NewListing(rules.Table.Layers[0].List, rules.On), On: rules.On, Digest: rules.Digest, Services: rules.DeclaredOffers()}
	if q.effective {
		l.Services = rules.EffectiveOffers()
	}
	return sendJSON(w, l)
}

// checks compares a list with the one above it.
func checks(w http.ResponseWriter, q *request) error {
	id := q.jurisdiction()
	for _, known := range []string{id, cmp.Or(q.against, id)} {
		if _, err := q.Course(known); err != nil {
			return err
		}
	}
	if q.known(w, q.revision) {
		return nil
	}
	options := []eldercare.CheckOption{eldercare.On(q.on)}
	if q.against != "" {
		options = append(options, eldercare.Against(q.against))
	}
	report, err := q.Check(q.Context(), id, options...)
	if err != nil {
		return err
	}
	return sendJSON(w, report)
}

// diffs compares what the residents of two jurisdictions are owed.
func diffs(w http.ResponseWriter, q *request) error {
	w.Header().Set("Vary", "Accept")
	form, err := q.negotiate(formJSON, formHTML, formMarkdown)
	if err != nil {
		return err
	}
	for _, id := range []string{q.a, q.b} {
		if _, err := q.Course(id); err != nil {
			return err
		}
	}
	if q.known(w, q.revision, q.day().String(), form.name) {
		return nil
	}
	report, err := q.Diff(q.Context(), q.a, q.b, eldercare.On(q.on), eldercare.BOn(q.bOn))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	switch form {
	case formHTML:
		err = diff.HTML(&out, report, q.lang)
	case formMarkdown:
		err = diff.Markdown(&out, report, q.lang)
	default:
		return sendJSON(w, report)
	}
	if err != nil {
		return err
	}
	return form.send(w, out.Bytes())
}

// schemas returns the JSON Schema of what people write.
func schemas(w http.ResponseWriter, q *request) error {
	s := schema.Of(schema.Kind(q.PathValue("kind")), q.Catalog().Vocabulary)
	if s == nil {
		return refuse("not-found", "there are the schemas %v", schema.Kinds())
	}
	if q.known(w, q.revision) {
		return nil
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return form{mediaType: "application/schema+json"}.send(w, append(text, '\n'))
}

// description returns the description of all addresses.
func description(w http.ResponseWriter, q *request) error {
	if q.known(w, q.revision) {
		return nil
	}
	text, err := q.openapi()
	if err != nil {
		return err
	}
	return formJSON.send(w, text)
}

func sendJSON(w http.ResponseWriter, v any) error {
	text, err := appendJSON(nil, v)
	if err != nil {
		return err
	}
	return formJSON.send(w, append(text, '\n'))
}
