package excel

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// Show prepares to show dates and times of some columns as dates and times, where they are so
// formatted. A cell is a number, and only its format says that it is a day. As excelize tells no
// formats of a row that it reads as it is, the sheet is read a second time, with formats of which
// nothing is left but whether they are of days.
func (s *source) Show(columns []int) error {
	if !s.leaveDates() {
		return nil
	}
	var err error
	s.shown = columns
	if s.formatted, err = s.book.Rows(s.sheet); err != nil {
		return err
	}
	for range s.taken {
		if _, err := nextOf(s.formatted, formatted); err != nil {
			return err
		}
	}
	return nil
}

// formatted has cells by their formats.
var formatted = excelize.Options{RawCellValue: false}

// isDay is what a number looks like that is a day or a time by its format.
const isDay = "\x01"

// leaveDates makes the formats of days and times show isDay, and drops all others. It reports
// whether there are any of days; no format can be made where there are too many.
func (s *source) leaveDates() (found bool) {
	if _, err := s.book.GetStyle(0); err != nil { // which reads the styles, if there are any
		return false
	}
	show := `"` + isDay + `"`
	day, err := s.book.NewStyle(&excelize.Style{CustomNumFmt: &show})
	if err != nil {
		return false
	}
	styles := s.book.Styles
	custom := map[int]string{}
	if styles.NumFmts != nil {
		for _, f := range styles.NumFmts.NumFmt {
			custom[f.NumFmtID] = f.FormatCode
		}
	}
	format, dropped := styles.CellXfs.Xf[day].NumFmtID, unknownFormat
	for i := range styles.CellXfs.Xf[:day] {
		xf := &styles.CellXfs.Xf[i]
		if xf.NumFmtID != nil && isDate(*xf.NumFmtID, custom[*xf.NumFmtID]) {
			xf.NumFmtID, found = format, true
		} else {
			xf.NumFmtID = &dropped
		}
	}
	return found
}

// unknownFormat is the number of no format: numbers of our own begin behind those of Excel.
var unknownFormat = 1 << 30

// ofDays are the letters of days and times in a format, outside quotes, brackets and escapes.
var (
	ofDays  = regexp.MustCompile(`(?i)[ymdhs]`)
	elapsed = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	literal = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)
)

// isDate reports whether a format is one of days or times: by its code, or where it has none by its
// number. Those of 27 to 36 and 50 to 58 are the Chinese ones. How long something took is neither.
func isDate(number int, code string) bool {
	if code != "" {
		if elapsed.MatchString(code) {
			return false
		}
		code = literal.ReplaceAllString(code, "")
		return !strings.Contains(strings.ToLower(code), "general") && ofDays.MatchString(code)
	}
	return 14 <= number && number <= 22 || 27 <= number && number <= 36 || 50 <= number && number <= 58
}

// show notes in a row the cells to be shown that are days or times.
func (s *source) show(r *register.Row) error {
	if s.formatted == nil {
		return nil
	}
	cells, err := nextOf(s.formatted, formatted)
	if err != nil {
		return err
	}
	for _, i := range s.shown {
		if i >= len(cells) || i >= len(r.Cells) || cells[i] != isDay {
			continue
		}
		if text, ok := dateOf(r.Cells[i], s.since1904); ok {
			for len(r.Shown) <= i {
				r.Shown = append(r.Shown, "")
			}
			r.Shown[i] = text
		}
	}
	return nil
}

// pastDays is the number of the day behind the last of the year 9999.
const pastDays = 2_958_466

// dateOf writes a number of days as a day, with the time where that is not midnight; a part of a
// day is a time alone.
func dateOf(cell string, since1904 bool) (string, bool) {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || !(0 <= n && n < pastDays) {
		return "", false
	}
	t, err := excelize.ExcelDateToTime(n, since1904)
	switch {
	case err != nil || t.Year() > 9999:
		return "", false
	case 0 < n && n < 1:
		return t.Format(time.TimeOnly), true
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.Format(time.DateOnly), true
	}
	return t.Format("2006-01-02T15:04:05"), true
}
