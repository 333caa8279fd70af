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
		{[]string{"1", "张三", "80", "洪洞县"}, false},
		{[]string{"张三", "1946-03-01"}, false},
		{[]string{"姓名", "年龄", "1", "9", "2024", "1000", "80岁"}, true},
		{[]string{"姓名", "10"}, false},
		{[]string{"姓名", "999"}, false},
		{[]string{"姓名", "mapped", "99"}, true},
		{nil, true},
	} {
		if err := noHeader(c.header, map[string]string{"99": "age"}); (err == nil) != c.is {
			t.Errorf("%v: %v", c.header, err)
		}
	}
}
