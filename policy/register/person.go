package register

import (
	"hash/maphash"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Person is what a row says of an elder. It holds no answer.
type Person struct {
	ID       string
	Elder    elder.Elder   // as given, by attributes and inputs
	Profile  elder.Profile // as the rules see it
	Problems []Problem     // why the row is refused; of one that is, the elder does not count
	Blank    bool          // a row with nothing in it
}

// noID is the code of the problem that a row has no id.
const noID = "missing-id"

// People reads a register row by row without answering. Each row must have an id that no other has.
type People struct {
	worker *worker
	ids    *seen
	row    Row
}

// NewPeople begins to read a register. The register can then no longer be answered.
func NewPeople(r *Register) *People {
	return &People{worker: newWorker(r, nil, maphash.MakeSeed()), ids: newSeen()}
}

// Next reads the next row. After the last row the error is [io.EOF].
func (p *People) Next() (*Person, error) {
	p.row.reset()
	if err := p.worker.in.Read(&p.row); err != nil {
		return nil, err
	}
	p.worker.in.Split(&p.row)
	person, err := p.read()
	if err != nil {
		return nil, err
	}
	for i := range person.Problems {
		person.Problems[i].Row, person.Problems[i].ID = p.row.Number, person.ID
	}
	return person, nil
}

// read reads the row at hand.
func (p *People) read() (*Person, error) {
	w := p.worker
	switch {
	case p.row.Problem != nil:
		return &Person{Problems: []Problem{*p.row.Problem}}, nil
	case w.understood.table && blank(p.row.Cells):
		return &Person{Blank: true}, nil
	}
	for w.understood.table && len(p.row.Cells) < len(w.columns) {
		p.row.Cells = append(p.row.Cells, "")
	}
	var a result
	person, err := w.elderAtLength(&p.row, &a)
	of := &Person{ID: a.id, Elder: person, Problems: a.problems}
	if err == nil && len(a.problems) == 0 {
		of.ID = person.ID()
		of.Profile, err = w.rules.Encode(person)
	}
	if err != nil {
		if of.Problems = w.problems(err); of.Problems == nil {
			return nil, err
		}
	}
	if len(of.Problems) == 0 {
		of.Problems = p.identify(of.ID)
	}
	return of, nil
}

// identify returns what is wrong with an id.
func (p *People) identify(id string) []Problem {
	column := p.worker.idColumn()
	switch {
	case id == "":
		return []Problem{{Column: column, Code: noID, Message: "each elder in the table needs an id"}}
	case p.ids.again(maphash.String(p.worker.seed, id)):
		return []Problem{{Column: column, Code: DuplicateID, Message: "an earlier row has this id, and is used"}}
	}
	return nil
}
