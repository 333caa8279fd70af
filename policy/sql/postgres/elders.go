package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Imported counts the rows of a register that an import put into the table of elders.
type Imported struct {
	Rows     int64
	Added    int64
	Replaced int64 // elders who were there, with the same id
	Refused  int64
	Blank    int64
}

// staging is the table that an import copies to first.
const staging = "elder_import"

// Import copies the elders of a register into the table of elders, all in one transaction. Rows
// that are refused go to wrong. An elder who is there already with the same id is replaced as a
// whole.
func (d *Database) Import(ctx context.Context, s *sql.Script, space *elder.Space, from *register.People, wrong func(register.Problem) error) (Imported, error) {
	in := &importing{columns: s.Columns, space: space, from: from, wrong: wrong}
	err := d.within(ctx, func(tx transaction) error {
		elders, copied := quoted(d.schema, sql.ElderTable), quoted("pg_temp", staging)
		if _, err := tx.do("make room for the import", "CREATE TEMPORARY TABLE "+quoted(staging)+" (LIKE "+elders+") ON COMMIT DROP"); err != nil {
			return err
		}
		taken, err := tx.tx.CopyFrom(ctx, pgx.Identifier{"pg_temp", staging}, in.names(), pgx.CopyFromFunc(func() ([]any, error) { return in.next(ctx) }))
		if in.failed != nil {
			return in.failed
		}
		if err != nil {
			return told("copy elders", err)
		}
		query := "SELECT count(*) FROM " + elders + " JOIN " + copied + " USING (id)"
		if err := tx.row("find elders who are there", query).to(&in.Replaced); err != nil {
			return err
		}
		put, err := tx.do("put elders into the table", in.upsert(elders, copied))
		in.Added = put - in.Replaced
		if err == nil && (put != taken || in.Rows != put+in.Refused+in.Blank) {
			err = policy.Errorf("internal", "%d rows were read, %d copied, %d put into the table, %d refused and %d blank: this does not add up, and all is taken back",
				in.Rows, taken, put, in.Refused, in.Blank)
		}
		return err
	})
	return in.Imported, err
}

// importing is an import in progress.
type importing struct {
	Imported
	columns []sql.Column
	space   *elder.Space
	from    *register.People
	wrong   func(register.Problem) error
	failed  error // why it ended, unless the database is the reason
}

func (in *importing) names() []string {
	var names []string
	for _, c := range in.columns {
		names = append(names, c.Name)
	}
	return names
}

// upsert returns the statement that puts what is copied into the table.
func (in *importing) upsert(elders, copied string) string {
	var names, set []string
	for _, c := range in.columns {
		names = append(names, quoted(c.Name))
		if c.Of != "id" {
			set = append(set, quoted(c.Name)+" = EXCLUDED."+quoted(c.Name))
		}
	}
	columns := strings.Join(names, ", ")
	return "INSERT INTO " + elders + " (" + columns + ") SELECT " + columns + " FROM " + copied + " ON CONFLICT (id) DO UPDATE SET " + strings.Join(set, ", ")
}

// next returns the next row to copy, nil after the last.
func (in *importing) next(ctx context.Context) ([]any, error) {
	for {
		person, err := in.from.Next()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			in.failed = err
			return nil, err
		}
		in.Rows++
		switch {
		case person.Blank:
			in.Blank++
			continue
		case len(person.Problems) == 0:
			return in.row(person), nil
		}
		in.Refused++
		for _, p := range person.Problems {
			if err := in.wrong(p); err != nil {
				in.failed = err
				return nil, err
			}
		}
	}
}

// row returns the row of an elder. What a code or an identity number gives is in the columns of
// what it gives.
func (in *importing) row(p *register.Person) []any {
	row := make([]any, len(in.columns))
	derived := in.space.Elder(p.Profile.Cells())
	for i, c := range in.columns {
		a := in.space.Vocabulary.Attribute(c.Of)
		switch {
		case c.Of == "id":
			row[i] = p.ID
		case a == nil:
			row[i] = in.birth(p.Elder, in.space.Vocabulary.Input(c.Of))
		case a.Type == policy.Integer: // as given: an age that a date gives is of one day
			row[i] = whole(p.Elder[c.Of])
		default:
			row[i] = value(derived[c.Of])
		}
	}
	return row
}

// birth returns a date of birth as given, or that of an identity number.
func (in *importing) birth(e elder.Elder, of *policy.Input) any {
	text, _ := e[of.Name].(string)
	day, err := policy.ParseDate(text)
	for _, other := range in.space.Vocabulary.Inputs {
		if number, given := e[other.Name].(string); err != nil && given && other.Type == policy.IDNumber && other.Gives == of.Gives {
			day, err = elder.BirthOfID(number)
		}
	}
	if err != nil {
		return nil
	}
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
}

// whole returns a whole number as given, nil for none.
func whole(given any) any {
	if n, ok := policy.ParseWhole(fmt.Sprint(given)); ok {
		return n
	}
	return nil
}

// value returns a value of an attribute. A set is its list as JSON.
func value(of any) any {
	switch of.(type) {
	case nil, bool, string:
		return of
	}
	list, _ := json.Marshal(of) // of names
	return string(list)
}
