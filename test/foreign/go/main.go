// Judges claims about a log with the code that Go's module proxy clients rely on: golang.org/x/mod/sumdb. Reads a JSON list of claims from
// standard input; prints a list of what holds of each: signature and name of the checkpoint, inclusion, consistency.
package main

import (
	"encoding/base64"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type claim struct {
	Vkey, Origin string
	Note, Entry  []byte
	Index        int64
	Inclusion    []string
	Older        struct {
		Size int64
		Root string
	}
	Consistency []string
}

type verdict struct {
	Note        bool `json:"note"`
	Inclusion   bool `json:"inclusion"`
	Consistency bool `json:"consistency"`
}

func main() {
	var claims []claim
	if err := json.NewDecoder(os.Stdin).Decode(&claims); err != nil {
		log.Fatal(err)
	}
	verdicts := []verdict{}
	for _, c := range claims {
		verdicts = append(verdicts, judge(c))
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdicts); err != nil {
		log.Fatal(err)
	}
}

func judge(c claim) verdict {
	var v verdict
	verifier, err := note.NewVerifier(c.Vkey)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := note.Open(c.Note, note.VerifierList(verifier))
	v.Note = err == nil && strings.HasPrefix(signed.Text, c.Origin+"\n")

	// The proofs are judged against what the note says, signed or not: each part has to see its own mutants.
	lines := strings.Split(string(c.Note), "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return v
	}
	root, ok := hash(lines[2])
	inclusion, good := hashes(c.Inclusion)
	if ok && good {
		v.Inclusion = tlog.CheckRecord(inclusion, size, root, c.Index, tlog.RecordHash(c.Entry)) == nil
	}
	older, found := hash(c.Older.Root)
	consistency, good := hashes(c.Consistency)
	if ok && found && good {
		v.Consistency = tlog.CheckTree(consistency, size, root, c.Older.Size, older) == nil
	}
	return v
}

func hashes(texts []string) (list []tlog.Hash, ok bool) {
	for _, text := range texts {
		h, ok := hash(text)
		if !ok {
			return nil, false
		}
		list = append(list, h)
	}
	return list, true
}

func hash(text string) (h tlog.Hash, ok bool) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) != tlog.HashSize {
		return h, false
	}
	copy(h[:], data)
	return h, true
}
