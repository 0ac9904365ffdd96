// Command notation verifies Notary Project signatures with notation-go, under
// a trust policy of level strict, as Flux does, and prints what was verified as
// one JSON line. With -key it makes a signature.
package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/registry"
	"github.com/notaryproject/notation-go/signer"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/notaryproject/notation-go/verifier/truststore"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"
)

// The file trust store of notation, without its folders: one file of roots.
type roots []*x509.Certificate

func (r roots) GetCertificates(context.Context, truststore.Type, string) ([]*x509.Certificate, error) {
	return r, nil
}

type answer struct {
	Digest      string `json:"digest"`
	Signer      string `json:"signer"`
	SigningTime string `json:"signingTime"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("notation: ")
	rootFile := flag.String("roots", "", "PEM file of the trusted certificates")
	identity := flag.String("identity", "*", "trusted identity, as in a trust policy")
	envelope := flag.String("envelope", "", "verify, or write, this file and no registry; the argument is the descriptor as JSON")
	key := flag.String("key", "", "sign with this PEM file")
	chain := flag.String("chain", "", "PEM file of the key's certificates")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "Usage: notation -roots FILE [-identity ID] HOST/REPOSITORY@DIGEST")
		fmt.Fprintln(os.Stderr, "       notation -roots FILE [-identity ID] -envelope FILE DESCRIPTOR")
		fmt.Fprintln(os.Stderr, "       notation -key FILE -chain FILE HOST/REPOSITORY@DIGEST")
		fmt.Fprintln(os.Stderr, "       notation -key FILE -chain FILE -envelope FILE DESCRIPTOR")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 || (*rootFile == "") == (*key == "") {
		flag.Usage()
		os.Exit(2)
	}
	ctx := context.Background()
	if *key != "" {
		if err := sign(ctx, *key, *chain, *envelope, flag.Arg(0)); err != nil {
			log.Fatal(err)
		}
		return
	}
	out, err := run(ctx, *rootFile, *identity, *envelope, flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, rootFile, identity, envelope, what string) (answer, error) {
	trusted, err := readRoots(rootFile)
	if err != nil {
		return answer{}, err
	}
	policy := &trustpolicy.Document{
		Version: "1.0",
		TrustPolicies: []trustpolicy.TrustPolicy{{
			Name:                  "test",
			RegistryScopes:        []string{"*"},
			SignatureVerification: trustpolicy.SignatureVerification{VerificationLevel: "strict"},
			TrustStores:           []string{"ca:test"},
			TrustedIdentities:     []string{identity},
		}},
	}
	strict, err := verifier.New(policy, trusted, nil)
	if err != nil {
		return answer{}, err
	}
	if envelope == "" {
		return inRegistry(ctx, strict, what)
	}
	return inFile(ctx, strict, envelope, what)
}

func inRegistry(ctx context.Context, strict notation.Verifier, reference string) (answer, error) {
	repository, err := open(reference)
	if err != nil {
		return answer{}, err
	}
	// What Flux tries: three signatures, not more.
	options := notation.VerifyOptions{ArtifactReference: reference, MaxSignatureAttempts: 3}
	target, outcomes, err := notation.Verify(ctx, strict, repository, options)
	if err != nil {
		return answer{}, err
	}
	if len(outcomes) != 1 {
		return answer{}, fmt.Errorf("%d outcomes", len(outcomes))
	}
	return describe(target, outcomes[0]), nil
}

func inFile(ctx context.Context, strict notation.Verifier, path, descriptor string) (answer, error) {
	var target ocispec.Descriptor
	if err := json.Unmarshal([]byte(descriptor), &target); err != nil {
		return answer{}, err
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return answer{}, err
	}
	options := notation.VerifierVerifyOptions{
		ArtifactReference:  "registry.example/app@" + target.Digest.String(),
		SignatureMediaType: jws.MediaTypeEnvelope,
	}
	outcome, err := strict.Verify(ctx, target, bytes, options)
	if err != nil {
		return answer{}, err
	}
	return describe(target, outcome), nil
}

func describe(target ocispec.Descriptor, outcome *notation.VerificationOutcome) answer {
	info := outcome.EnvelopeContent.SignerInfo
	return answer{
		Digest:      target.Digest.String(),
		Signer:      info.CertificateChain[0].Subject.String(),
		SigningTime: info.SignedAttributes.SigningTime.UTC().Format("2006-01-02T15:04:05Z"),
	}
}

func sign(ctx context.Context, key, chain, path, what string) error {
	local, err := signer.NewFromFiles(key, chain)
	if err != nil {
		return err
	}
	options := notation.SignerSignOptions{SignatureMediaType: jws.MediaTypeEnvelope, ExpiryDuration: time.Hour}
	if path == "" {
		repository, err := open(what)
		if err != nil {
			return err
		}
		_, err = notation.Sign(ctx, local, repository, notation.SignOptions{SignerSignOptions: options, ArtifactReference: what})
		return err
	}
	var target ocispec.Descriptor
	if err := json.Unmarshal([]byte(what), &target); err != nil {
		return err
	}
	envelope, _, err := local.Sign(ctx, target, options)
	if err != nil {
		return err
	}
	return os.WriteFile(path, envelope, 0o644)
}

func open(reference string) (registry.Repository, error) {
	name, _, found := strings.Cut(reference, "@")
	if !found {
		return nil, fmt.Errorf("%s has no digest", reference)
	}
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = true
	return registry.NewRepository(repository), nil
}

func readRoots(path string) (roots, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var found roots
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, errors.New("no certificates in " + path)
	}
	return found, nil
}
