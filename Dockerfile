# podsim without pictures: it reads manifests from standard input, or from a folder that is mounted at /work.
#   docker build -t podsim .
#   kubectl kustomize . | docker run -i --rm podsim run -
#   docker run --rm -v "$PWD:/work:ro" podsim test
FROM python:3.13-alpine AS build
COPY . /src
WORKDIR /src
RUN python -m venv /opt/podsim \
 && /opt/podsim/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements/slim.txt \
 && /opt/podsim/bin/pip install --no-cache-dir --no-compile --no-deps . \
 && /opt/podsim/bin/pip uninstall --yes pip \
 # Compiled modules start three times as fast; the large libraries that few commands load stay small.
 && cd /opt/podsim/lib/python3.13/site-packages \
 && python -m compileall -q click msgspec simpy simulator yaml

FROM python:3.13-alpine
COPY --from=build /opt/podsim /opt/podsim
RUN adduser -D podsim
USER podsim
ENV PATH=/opt/podsim/bin:$PATH PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
ENTRYPOINT ["podsim"]
CMD ["--help"]
