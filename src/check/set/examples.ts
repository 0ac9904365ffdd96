/** Manifests that the examples of this group's rules are made of. */

/** Several documents in one file. */
export function documents(...all: readonly string[]): string {
  return all.join('---\n');
}

/** An object of the core or of a group, in namespace `payments`, with a `spec` in YAML. */
export function object(apiVersion: string, kind: string, name: string, rest = ''): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: payments\n${rest}`;
}

/** A ConfigMap. */
export function configMap(name: string): string {
  return object('v1', 'ConfigMap', name, 'data:\n  LOG_LEVEL: info\n');
}

/** A Deployment of Pods `app: web`, with more of the Pod's spec, and of its container. */
export function deployment(podSpec = '', container = ''): string {
  return object(
    'apps/v1',
    'Deployment',
    'web',
    `spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
${podSpec}      containers:
        - name: web
          image: registry.example.com/web:1.4.2
          ports:
            - name: http
              containerPort: 8080
${container}`,
  );
}

/** A Service of Pods with a label `app`. */
export function service(app: string, targetPort: string = 'http'): string {
  return object(
    'v1',
    'Service',
    'web',
    `spec:\n  selector:\n    app: ${app}\n  ports:\n    - name: http\n      port: 80\n      targetPort: ${targetPort}\n`,
  );
}

/** A Kustomization of Flux. */
export function kustomization(
  name: string,
  { dependsOn = '', source = 'fleet' }: { dependsOn?: string; source?: string } = {},
): string {
  const dependencies = dependsOn === '' ? '' : `  dependsOn:\n    - name: ${dependsOn}\n`;
  return object(
    'kustomize.toolkit.fluxcd.io/v1',
    'Kustomization',
    name,
    `spec:\n${dependencies}  interval: 1h\n  prune: true\n  path: ./\n  sourceRef:\n    kind: OCIRepository\n    name: ${source}\n`,
  );
}

/** An OCIRepository of Flux. */
export function ociRepository(name: string): string {
  return object(
    'source.toolkit.fluxcd.io/v1',
    'OCIRepository',
    name,
    `spec:\n  interval: 5m\n  url: oci://registry.example.com/fleet/${name}\n  ref:\n    tag: staging\n`,
  );
}
