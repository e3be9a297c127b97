package reqctx

import (
	"encoding/json"
	"testing"
)

func TestCountValues(t *testing.T) {
	for text, want := range map[string]int{
		`{}`: 1, `{"a":1}`: 2, `{"a":[1,-2.5e+3,"x",true,false,null,{}]}`: 9, `{"a\"b:,{":"c\\"}`: 2, `{"i":{"email":"a","b":[]}}`: 4, `[[[[]]]]`: 4,
	} {
		if got := CountValues([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

func FuzzCountValues(f *testing.F) {
	f.Add(`{"a":[1,-2.5e+3,"x\"",true,{"b":null}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		if got, minimum := CountValues([]byte(text)), leaves(value); got < minimum { // names may come twice, with a value each
			t.Fatalf("%q: got %d, want at least %d", text, got, minimum)
		}
	})
}

func leaves(value any) int {
	n := 1
	switch v := value.(type) {
	case map[string]any:
		for _, member := range v {
			n += leaves(member)
		}
	case []any:
		for _, element := range v {
			n += leaves(element)
		}
	}
	return n
}
