package site

import "cmp"

// uploadPage is the path of the page for registers.
const uploadPage = "upload.html"

// upload is the body of the page for registers.
type upload struct {
	Places []*place
	Most   int64 // bytes of a register
	Fields []field
}

// field is what a column of a register may be.
type field struct{ Name, Label string }

func (w *writer) upload() upload {
	u := upload{Places: w.all, Most: w.Upload, Fields: []field{{"id", w.say("number of the elder", "编号")}}}
	for _, in := range w.Catalog.Vocabulary.Inputs {
		u.Fields = append(u.Fields, field{in.Name, cmp.Or(w.say(in.English, in.Label), in.Name)})
	}
	for _, a := range w.Catalog.Vocabulary.Attributes {
		u.Fields = append(u.Fields, field{a.Name, cmp.Or(w.say(a.English, a.Label), a.Name)})
	}
	return u
}

// Megabytes are those of the largest register, rounded down.
func (u upload) Megabytes() int64 { return u.Most >> 20 }
