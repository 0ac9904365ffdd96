// Command cosign-verify verifies artifacts with cosign's library, each as Flux
// does: its bundles when it has any, its older signatures otherwise. It reads
// references, one a line, and prints one JSON line for each, in their order.
package main

import (
	"bufio"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/sigstore/cosign/v3/pkg/cosign"
	"github.com/sigstore/cosign/v3/pkg/oci"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
)

const (
	// Flux 2.8 and newer: bundles, and older signatures where there is none.
	newest = "flux"
	// Flux 2.7 and older, which know no bundles.
	legacy = "legacy"
)

// More than the cores: most of the time goes by in requests.
const workers = 8

type answer struct {
	Reference string `json:"reference"`
	Format    string `json:"format"`
	OK        bool   `json:"ok"`
	Error     string `json:"error,omitempty"`
}

type settings struct {
	mode, key, identity, issuer, trustedRoot string
	ignoreSCT                                bool
}

func main() {
	// Statements of a thousand subjects, a thousand times: the memory is there.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(512 << 20)
	log.SetFlags(0)
	log.SetPrefix("cosign-verify: ")
	var s settings
	flag.StringVar(&s.mode, "mode", newest, "verify as the newest Flux does, or as one that knows no bundles: flux or legacy")
	flag.StringVar(&s.key, "key", "", "PEM file of the public key")
	flag.StringVar(&s.identity, "identity", "", "identity that signs, exactly")
	flag.StringVar(&s.issuer, "issuer", "", "issuer of the identity, exactly")
	flag.StringVar(&s.trustedRoot, "trusted-root", "", "trusted_root.json file")
	flag.BoolVar(&s.ignoreSCT, "ignore-sct", false, "take certificates that are in no certificate log")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: cosign-verify [-mode flux|legacy] -key FILE < REFERENCES")
		fmt.Fprintln(os.Stderr, "       cosign-verify [-mode flux|legacy] -identity ID -issuer URL -trusted-root FILE < REFERENCES")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 0 || (s.key == "") == (s.identity == "") || (s.mode != newest && s.mode != legacy) {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), s); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, s settings) error {
	options, err := checkOptions(s)
	if err != nil {
		return err
	}
	var references []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			references = append(references, line)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for _, one := range verifyAll(ctx, s.mode, options, references) {
		if err := encoder.Encode(one); err != nil {
			return err
		}
	}
	return out.Flush()
}

func checkOptions(s settings) (cosign.CheckOpts, error) {
	if s.key == "" {
		material, err := root.NewTrustedRootFromPath(s.trustedRoot)
		if err != nil {
			return cosign.CheckOpts{}, err
		}
		return cosign.CheckOpts{
			TrustedMaterial: material,
			Identities:      []cosign.Identity{{Subject: s.identity, Issuer: s.issuer}},
			IgnoreSCT:       s.ignoreSCT,
			Offline:         true,
			// Logs of version 2 tell no time; those of version 1 do.
			UseSignedTimestamps: len(material.TimestampingAuthorities()) > 0,
		}, nil
	}
	text, err := os.ReadFile(s.key)
	if err != nil {
		return cosign.CheckOpts{}, err
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey(text)
	if err != nil {
		return cosign.CheckOpts{}, err
	}
	verifier, err := signature.LoadVerifier(key, crypto.SHA256)
	// As Flux does with keys: no log is asked, nor wanted.
	return cosign.CheckOpts{SigVerifier: verifier, Offline: true, IgnoreTlog: true}, err
}

func verifyAll(ctx context.Context, mode string, options cosign.CheckOpts, references []string) []answer {
	answers := make([]answer, len(references))
	next := make(chan int)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := range next {
				format, err := verify(ctx, mode, options, references[i])
				answers[i] = answer{Reference: references[i], Format: format, OK: err == nil}
				if err != nil {
					answers[i].Error = err.Error()
				}
			}
		})
	}
	for i := range references {
		next <- i
	}
	close(next)
	group.Wait()
	return answers
}

// A good signature beside a bad bundle does not help: one bundle is enough for
// Flux and cosign to look at bundles only.
func verify(ctx context.Context, mode string, options cosign.CheckOpts, reference string) (string, error) {
	digest, err := name.NewDigest(reference)
	if err != nil {
		return "", err
	}
	if mode == newest {
		if bundles, _, err := cosign.GetBundles(ctx, digest, nil); err == nil && len(bundles) > 0 {
			options.NewBundleFormat = true
			verified, _, err := cosign.VerifyImageAttestations(ctx, digest, &options)
			return "bundle", atLeastOne(verified, err)
		}
	}
	// Flux leaves this to bundles, whose digest is always checked; cosign and we do not.
	options.ClaimVerifier = cosign.SimpleClaimVerifier
	verified, _, err := cosign.VerifyImageSignatures(ctx, digest, &options)
	return "legacy", atLeastOne(verified, err)
}

func atLeastOne(verified []oci.Signature, err error) error {
	if err == nil && len(verified) == 0 {
		return errors.New("nothing was verified")
	}
	return err
}
