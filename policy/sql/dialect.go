package sql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Dialect is a kind of SQL.
type Dialect string

// These are the dialects. MySQL's is also that of MariaDB and TiDB.
const (
	PostgreSQL Dialect = "postgresql"
	ClickHouse Dialect = "clickhouse"
	DuckDB     Dialect = "duckdb"
	MySQL      Dialect = "mysql"
	SQLite     Dialect = "sqlite"
)

// Dialects returns all dialects.
func Dialects() []Dialect { return []Dialect{PostgreSQL, ClickHouse, DuckDB, MySQL, SQLite} }

// longestIdentifier is the length in bytes that a name may have in every dialect. PostgreSQL cuts
// longer names.
const longestIdentifier = 63

// identifier quotes a name.
func (d Dialect) identifier(name string) string {
	name = policy.Printable(name)
	switch d {
	case MySQL:
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	case ClickHouse:
		return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// text quotes a text. It replaces what could end a line or hide in it.
func (d Dialect) text(s string) string {
	s = policy.Printable(s)
	switch d {
	case MySQL:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(s) + "'"
	case ClickHouse:
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	quoted := strings.ReplaceAll(s, "'", "''")
	if d == PostgreSQL && strings.Contains(s, `\`) { // whatever standard_conforming_strings says
		return "E'" + strings.ReplaceAll(quoted, `\`, `\\`) + "'"
	}
	return "'" + quoted + "'"
}

// comment returns a comment to the end of the line.
func comment(format string, args ...any) string {
	return "-- " + policy.Printable(fmt.Sprintf(format, args...)) + "\n"
}

// These are the types of columns.
const (
	typeKey     = "key"
	typeText    = "text"
	typeBoolean = "boolean"
	typeInteger = "integer"
	typeDate    = "date"
)

// columnType returns a type in the dialect. Every type but that of the key may be NULL.
func (d Dialect) columnType(of string) string {
	types := map[Dialect]map[string]string{
		PostgreSQL: {typeKey: "text NOT NULL", typeText: "text", typeBoolean: "boolean", typeInteger: "integer", typeDate: "date"},
		DuckDB:     {typeKey: "VARCHAR NOT NULL", typeText: "VARCHAR", typeBoolean: "BOOLEAN", typeInteger: "INTEGER", typeDate: "DATE"},
		SQLite:     {typeKey: "TEXT NOT NULL", typeText: "TEXT", typeBoolean: "INTEGER", typeInteger: "INTEGER", typeDate: "TEXT"},
		MySQL: {typeKey: "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL", typeText: "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
			typeBoolean: "BOOLEAN", typeInteger: "INTEGER", typeDate: "DATE"},
		ClickHouse: {typeKey: "String", typeText: "Nullable(String)", typeBoolean: "Nullable(UInt8)", typeInteger: "Nullable(Int32)", typeDate: "Nullable(String)"},
	}
	return types[d][of]
}

// holds returns the condition that a column is true, or false. It is not true where the column is
// NULL.
func (d Dialect) holds(column string, value bool) string {
	switch {
	case d == PostgreSQL || d == DuckDB:
		if value {
			return column
		}
		return "NOT " + column
	case value:
		return column + " = 1"
	}
	return column + " = 0"
}

// boolean returns the literal of a truth value.
func (d Dialect) boolean(value bool) string {
	switch {
	case d == PostgreSQL || d == DuckDB:
		return strconv.FormatBool(value)
	case value:
		return "1"
	}
	return "0"
}

// notBoolean returns the condition that a column holds something other than a truth value. It is
// empty where that is impossible.
func (d Dialect) notBoolean(column string) string {
	if d == SQLite || d == ClickHouse || d == MySQL {
		return column + " < 0 OR " + column + " > 1"
	}
	return ""
}

// notWhole returns the condition that a column holds something other than a whole number. It is
// empty where that is impossible.
func (d Dialect) notWhole(column string) string {
	if d == SQLite {
		return "typeof(" + column + ") <> 'integer'"
	}
	return ""
}

// yearOf and monthDayOf return a day's year, and its month times 100 plus the day of the month, as
// whole numbers.
func (d Dialect) yearOf(column string) string {
	switch d {
	case SQLite:
		return "CAST(substr(" + column + ", 1, 4) AS INTEGER)"
	case ClickHouse:
		return "toInt32OrZero(substring(assumeNotNull(" + column + "), 1, 4))"
	case PostgreSQL:
		return "CAST(EXTRACT(YEAR FROM " + column + ") AS integer)"
	}
	return "YEAR(" + column + ")"
}

func (d Dialect) monthDayOf(column string) string {
	switch d {
	case SQLite:
		return "CAST(substr(" + column + ", 6, 2) || substr(" + column + ", 9, 2) AS INTEGER)"
	case ClickHouse:
		return "toInt32OrZero(concat(substring(assumeNotNull(" + column + "), 6, 2), substring(assumeNotNull(" + column + "), 9, 2)))"
	case PostgreSQL:
		return "CAST(EXTRACT(MONTH FROM " + column + ") * 100 + EXTRACT(DAY FROM " + column + ") AS integer)"
	}
	return "(MONTH(" + column + ") * 100 + DAY(" + column + "))"
}

// notDay returns the condition that a column holds something other than a day of the calendar. It
// is empty where that is impossible.
func (d Dialect) notDay(column string) string {
	switch d {
	case SQLite:
		return "typeof(" + column + ") <> 'text' OR length(" + column + ") <> 10 OR coalesce(date(" + column + "), '') <> " + column
	case ClickHouse:
		return "NOT match(assumeNotNull(" + column + "), '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')" +
			" OR " + d.monthDayOf(column) + " IN (230, 231, 431, 631, 931, 1131)" +
			" OR " + d.monthDayOf(column) + " = 229 AND (" + d.yearOf(column) + " % 4 <> 0 OR " + d.yearOf(column) + " % 100 = 0 AND " + d.yearOf(column) + " % 400 <> 0)"
	}
	return ""
}

// day returns the literal of a day.
func (d Dialect) day(on policy.Date) string {
	if d == SQLite || d == ClickHouse {
		return d.text(on.String())
	}
	return "DATE '" + on.String() + "'"
}

// contains returns the condition that a text contains a part.
func (d Dialect) contains(column, part string) string {
	switch d {
	case SQLite:
		return "instr(" + column + ", " + d.text(part) + ") > 0"
	case MySQL:
		return "LOCATE(" + d.text(part) + ", " + column + ") > 0"
	case ClickHouse:
		return "position(assumeNotNull(" + column + "), " + d.text(part) + ") > 0"
	}
	return "strpos(" + column + ", " + d.text(part) + ") > 0"
}

// replaced returns a text with all occurrences of a part replaced.
func (d Dialect) replaced(text, part, by string) string {
	function := "replace("
	if d == ClickHouse {
		function = "replaceAll("
	}
	return function + text + ", " + d.text(part) + ", " + d.text(by) + ")"
}

// notNull returns a column for a place where it is known not to be NULL.
func (d Dialect) notNull(column string) string {
	if d == ClickHouse {
		return "assumeNotNull(" + column + ")"
	}
	return column
}

// decimal returns the literal of a number.
func (d Dialect) decimal(n policy.Decimal) string {
	text := n.String()
	if d == ClickHouse && strings.Contains(text, ".") {
		return "toDecimal64(" + d.text(text) + ", 4)"
	}
	return text
}

// countOf returns the number of rows for which a condition holds.
func (d Dialect) countOf(condition string) string {
	switch d {
	case ClickHouse:
		return "countIf(" + condition + ")"
	case MySQL:
		return "count(CASE WHEN " + condition + " THEN 1 END)"
	}
	return "count(*) FILTER (WHERE " + condition + ")"
}

// fence returns the end of a view that is computed once a row. Without it, a planner would insert
// the view's expressions wherever they are read. PostgreSQL takes OFFSET 0 for a fence, too, but
// lets no parallel workers decide behind it.
func (d Dialect) fence() string {
	switch d {
	case PostgreSQL:
		return "LIMIT ALL\n"
	case SQLite:
		return "LIMIT -1 OFFSET 0\n"
	}
	return ""
}

// createView returns the statement that makes a view. A fenced view is computed once a row,
// whatever reads it.
func (d Dialect) createView(name, query string, fenced bool) string {
	create := "CREATE VIEW "
	if d == MySQL && fenced {
		create = "CREATE ALGORITHM = TEMPTABLE VIEW "
	}
	if fenced {
		query += d.fence()
	}
	return create + d.identifier(name) + " AS\n" + strings.TrimSuffix(query, "\n")
}

// guard returns a statement that fails if a table other than a view has the name of one, so that
// dropView cannot drop it. It is empty where dropView drops views only.
func (d Dialect) guard(views []string) string {
	if d != ClickHouse {
		return ""
	}
	var names []string
	for _, v := range views {
		names = append(names, d.text(v))
	}
	return comment("This fails if another table has the name of a view: rename that table, or use another database.") +
		"SELECT throwIf(count() > 0) AS another_table_has_the_name_of_a_view\nFROM system.tables\n" +
		"WHERE database = currentDatabase() AND engine <> 'View' AND name IN (" + strings.Join(names, ", ") + ")\nFORMAT Null"
}

// dropView returns the statement that drops a view, if there is one. ClickHouse 18 has no DROP
// VIEW.
func (d Dialect) dropView(name string) string {
	if d == ClickHouse {
		return "DROP TABLE IF EXISTS " + d.identifier(name)
	}
	return "DROP VIEW IF EXISTS " + d.identifier(name)
}

// transacts reports whether a transaction may make and drop views.
func (d Dialect) transacts() bool { return d == PostgreSQL || d == SQLite || d == DuckDB }

// noAmount returns the expression for a missing amount, in a form that tells the database it would
// be a number.
func (d Dialect) noAmount() string {
	switch d {
	case ClickHouse:
		return "CAST(NULL AS Nullable(Int64))"
	case MySQL:
		return "CAST(NULL AS SIGNED)"
	}
	return "CAST(NULL AS bigint)"
}

// Known reports whether there is such a dialect.
func (d Dialect) Known() bool { return slices.Contains(Dialects(), d) }
