import type { Example, Rule } from '../rule.ts';

const deployment = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: ${image}
`;

const asked = (image: string, images: Readonly<Record<string, boolean>>): Example => ({
  artifacts: { app: { 'manifests.yaml': deployment(image) } },
  images,
});

const DIGEST = 'sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b';

/** The rules of this group, in the order of the documentation. */
export const IMAGE_RULES: readonly Rule[] = [
  {
    id: 'image/invalid',
    setting: 'error',
    summary: 'Every image is a reference that container runtimes can read.',
    why: 'The API server takes any text. The kubelet then reports InvalidImageName, and the pod never starts.',
    fix: 'Write HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:…, with the repository in lower case.',
    bad: deployment('registry.example.com/Web:1.4.2'),
    good: deployment('registry.example.com/web:1.4.2'),
  },
  {
    id: 'image/latest',
    setting: 'warn',
    summary: 'Every image has a tag other than latest, or a digest.',
    why: 'A node pulls whatever the tag means when a pod starts: two pods of one Deployment can run different code, and a rollback of the manifests brings nothing back.',
    fix: 'Name a version, or pin the image by its digest. Images that the kustomizations of a source artifact replace are left out.',
    bad: deployment('registry.example.com/web'),
    good: deployment('registry.example.com/web:1.4.2'),
  },
  {
    id: 'image/unpinned',
    setting: 'off',
    summary: 'Every image has a digest.',
    why: 'A tag can be pushed again. With a digest all clusters run exactly what was tested, or nothing.',
    fix: 'Append @sha256:… to the reference; the tag in front of it may stay for readers. Off, because most fleets pin by tag: switch it on where you pin by digest.',
    bad: deployment('registry.example.com/web:1.4.2'),
    good: deployment(`registry.example.com/web:1.4.2@${DIGEST}`),
  },
  {
    id: 'image/missing',
    setting: 'error',
    summary: 'Every image exists in its registry.',
    why: 'A pod whose image is missing waits in ImagePullBackOff, in every cluster of the fleet. Asked only with check.images: exist.',
    fix: 'Correct the name or the tag, or push the image before the manifests that use it.',
    bad: asked('registry.example.com/web:9.9.9', { 'registry.example.com/web:9.9.9': false }),
    good: asked('registry.example.com/web:1.4.2', { 'registry.example.com/web:1.4.2': true }),
  },
  {
    id: 'image/unknown',
    setting: 'warn',
    summary: 'The registry of every image answers whether it has it.',
    why: 'A registry that cannot be reached, or that wants a login, says nothing about the image: it may be there or not. Asked only with check.images: exist.',
    fix: 'Log in where slipway runs (docker login), or let this machine reach the registry.',
    bad: asked('private.example.com/web:1.4.2', {}),
    good: asked('registry.example.com/web:1.4.2', { 'registry.example.com/web:1.4.2': true }),
  },
];
