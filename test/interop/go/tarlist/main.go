// Command tarlist prints one JSON line for each entry of a .tar.gz file, as
// Go's archive/tar reads it: the reader that Flux itself uses.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
)

type entry struct {
	Name     string `json:"name"`
	Typeflag string `json:"typeflag"`
	Linkname string `json:"linkname"`
	Mode     int64  `json:"mode"`
	Size     int64  `json:"size"`
	Mtime    int64  `json:"mtime"`
	UID      int    `json:"uid"`
	GID      int    `json:"gid"`
	Uname    string `json:"uname"`
	Gname    string `json:"gname"`
	SHA256   string `json:"sha256"`
}

func main() {
	log.SetFlags(0)
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "Usage: tarlist FILE.tar.gz") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := list(flag.Arg(0), json.NewEncoder(os.Stdout)); err != nil {
		log.Fatalf("tarlist: %s: %v", flag.Arg(0), err)
	}
}

func list(path string, out *json.Encoder) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	archive := tar.NewReader(unzipped)
	out.SetEscapeHTML(false)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			// The tar ends before the gzip stream does: only reading on checks
			// the gzip trailer and shows what stands behind it.
			_, err = io.Copy(io.Discard, unzipped)
			return err
		}
		if err != nil {
			return err
		}
		line, err := describe(header, archive)
		if err != nil {
			return err
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
}

func describe(header *tar.Header, content io.Reader) (entry, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return entry{}, err
	}
	return entry{
		Name:     header.Name,
		Typeflag: string(header.Typeflag),
		Linkname: header.Linkname,
		Mode:     header.Mode,
		Size:     header.Size,
		Mtime:    header.ModTime.Unix(),
		UID:      header.Uid,
		GID:      header.Gid,
		Uname:    header.Uname,
		Gname:    header.Gname,
		SHA256:   hex.EncodeToString(sum.Sum(nil)),
	}, nil
}
