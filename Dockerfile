# voxosync as a container:  docker run --rm -v "$PWD:/project" -e VOXO_API_TOKEN voxosync plan
FROM python:3.13-slim AS build
COPY . /source
RUN python -m venv /opt/voxosync && /opt/voxosync/bin/pip install --no-cache-dir "/source[sandbox]"

FROM python:3.13-slim
# git: for --base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --create-home --uid 10001 voxosync
COPY --from=build /opt/voxosync /opt/voxosync
ENV PATH="/opt/voxosync/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /project
ENTRYPOINT ["voxosync"]
CMD ["--help"]
