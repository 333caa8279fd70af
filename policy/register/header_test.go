package register

import "testing"

// A line that has an identity number is no header, and no message repeats it.
func TestNoHeader(t *testing.T) {
	for _, c := range []struct {
		header []string
		is     bool
	}{
		{[]string{"id", "年龄", "身份证号", "140601"}, true},
		{[]string{"张三", "14060119461122001X"}, false},
		{[]string{"140601 19461122 001X 张三"}, false},
		{[]string{"１４０６０１１９４６１１２２００１Ｘ"}, false},
		{nil, true},
	} {
		if err := noHeader(c.header); (err == nil) != c.is {
			t.Errorf("%v: %v", c.header, err)
		}
	}
}
