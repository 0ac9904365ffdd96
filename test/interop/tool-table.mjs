/**
 * Every tool at its exact version.
 *
 * kind     'go': a program of a Go module; 'source': a Go program in ./go/NAME;
 *          'debian': a Debian package, unpacked and not installed; 'pip': Python
 *          packages; 'node': a Node.js binary from npm; 'npm': the packages of
 *          the lockfile in ./npm/NAME
 * with     a list of further Debian packages; the tool is then a program that
 *          runs any of theirs, named by its first argument
 * ldflags  what the release build of the program sets: the version it tells
 * check    arguments that make the tool say its version: run once, must exit 0
 *
 * The slowest builds come first.
 */
export const tools = [
  {
    // Four to six minutes on two cores.
    name: 'kube-apiserver',
    kind: 'source',
    version: 'v1.36.0',
    ldflags: ['-X k8s.io/component-base/version.gitVersion=v1.36.0'],
    check: ['--version'],
  },
  {
    name: 'cosign',
    kind: 'go',
    from: 'github.com/sigstore/cosign/v3/cmd/cosign',
    version: 'v3.1.2',
    check: ['version'],
  },
  {
    name: 'minio',
    kind: 'go',
    from: 'github.com/minio/minio',
    // The last commit ever: its release tags are not semantic versions.
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
    check: ['--version'],
  },
  {
    name: 'rclone',
    kind: 'go',
    from: 'github.com/rclone/rclone',
    version: 'v1.75.1',
    ldflags: ['-X github.com/rclone/rclone/fs.Version=v1.75.1'],
    check: ['version'],
  },
  {
    name: 'versitygw',
    kind: 'go',
    from: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.8.0',
    ldflags: ['-X main.Version=v1.8.0'],
    check: ['--version'],
  },
  {
    // The last version whose create-only writes are not atomic.
    name: 'versitygw-racy',
    kind: 'go',
    from: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.7.0',
    ldflags: ['-X main.Version=v1.7.0'],
    check: ['--version'],
  },
  {
    name: 'fulcio',
    kind: 'go',
    from: 'github.com/sigstore/fulcio',
    version: 'v1.8.8',
    check: ['version'],
  },
  {
    name: 'timestamp-server',
    kind: 'go',
    from: 'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server',
    version: 'v2.1.3',
    check: ['version'],
  },
  {
    name: 'rekor-tiles',
    kind: 'go',
    // Its log on a file system: the others ask for a cloud's storage.
    from: 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix',
    version: 'v2.3.0',
    check: ['version'],
  },
  {
    name: 'helm',
    kind: 'go',
    from: 'helm.sh/helm/v4/cmd/helm',
    version: 'v4.3.1',
    // Without it helm calls itself v4.3.
    ldflags: ['-X helm.sh/helm/v4/internal/version.version=v4.3.1'],
    check: ['version', '--short'],
  },
  {
    name: 'kubectl',
    kind: 'source',
    version: 'v0.36.0',
    ldflags: ['-X k8s.io/component-base/version.gitVersion=v1.36.0'],
    check: ['version', '--client'],
  },
  {
    name: 'distribution',
    kind: 'go',
    from: 'github.com/distribution/distribution/v3/cmd/registry',
    version: 'v3.1.2',
    check: ['--version'],
  },
  {
    name: 'kustomize',
    kind: 'go',
    from: 'sigs.k8s.io/kustomize/kustomize/v5',
    // v5.8.2 and later ask for Go 1.27.
    version: 'v5.8.1',
    check: ['version'],
  },
  {
    name: 'regctl',
    kind: 'go',
    from: 'github.com/regclient/regclient/cmd/regctl',
    version: 'v0.11.7',
    check: ['version'],
  },
  {
    name: 'crane',
    kind: 'go',
    from: 'github.com/google/go-containerregistry/cmd/crane',
    version: 'v0.22.1',
    check: ['version'],
  },
  {
    name: 'kubeconform',
    kind: 'go',
    from: 'github.com/yannh/kubeconform/cmd/kubeconform',
    version: 'v0.8.0',
    ldflags: ['-X main.version=v0.8.0'],
    check: ['-v'],
  },
  { name: 'registry', kind: 'source', version: 'v0.22.1', check: ['-h'] },
  { name: 'tarlist', kind: 'source', version: 'v1.0.0', check: ['-h'] },
  { name: 'notation', kind: 'source', version: 'v1.3.2', check: ['-h'] },
  { name: 'cosign-verify', kind: 'source', version: 'v3.1.2', check: ['-h'] },
  {
    name: 'docker-registry',
    kind: 'debian',
    from: 'docker-registry',
    version: '2.8.2+ds1-1',
    program: 'usr/bin/docker-registry',
    check: ['--version'],
  },
  {
    name: 'etcd',
    kind: 'debian',
    from: 'etcd-server',
    version: '3.4.23-4+b4',
    program: 'usr/bin/etcd',
    check: ['--version'],
  },
  {
    name: 'ceph',
    kind: 'debian',
    from: 'radosgw',
    version: '16.2.15+ds-0+deb12u2',
    with: 'debian/ceph.txt',
    check: ['radosgw', '--version'],
  },
  {
    name: 'swift',
    kind: 'debian',
    from: 'python3-swift',
    version: '2.30.1-0+deb12u3',
    with: 'debian/swift.txt',
    check: ['python3.11', '-c', 'import swift; print(swift.__version__)'],
  },
  {
    name: 's3rver',
    kind: 'npm',
    version: '3.7.1',
    program: 'node_modules/s3rver/bin/s3rver.js',
    check: ['--version'],
  },
  {
    name: 'aws',
    kind: 'pip',
    module: 'awscli',
    version: '1.46.3',
    // All of awscli's dependencies too: their ranges move, these do not.
    pins: [
      'colorama==0.4.6',
      'docutils==0.19',
      'jmespath==1.1.0',
      'pyasn1==0.6.5',
      'python-dateutil==2.9.0.post0',
      'PyYAML==6.0.3',
      'rsa==4.7.2',
      'six==1.17.0',
      'urllib3==2.8.0',
    ],
    check: ['--version'],
  },
  { name: 'node-22', kind: 'node', version: '22.23.3', check: ['--version'] },
  { name: 'node-24', kind: 'node', version: '24.21.0', check: ['--version'] },
  { name: 'node-26', kind: 'node', version: '26.10.0', check: ['--version'] },
];
