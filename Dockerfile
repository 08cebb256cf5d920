# The assistant for everyday use: reading with OCR, the built-in embedder, the chat. PyTorch embeds the documents; its
# build for processors is taken, without what only graphics cards use.
#
#   docker build -t rus .
#   docker run --rm -v rus:/data rus ingest               # the bundled documents, or name files, folders, addresses
#   docker run --rm -v rus:/data -p 127.0.0.1:7860:7860 rus
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr tesseract-ocr-swe \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN python -c "import tomllib; \
print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/wanted.txt \
    && pip install --no-cache-dir uv \
    && uv pip install --system --no-cache --torch-backend cpu --requirement /tmp/wanted.txt --constraint constraints.txt

COPY ingest ingest
COPY assistant assistant
COPY evals evals
COPY ui ui
COPY rus.py ./
RUN pip install --no-cache-dir --no-deps .
COPY corpus corpus

RUN useradd --create-home rus && mkdir /data && chown rus /data
USER rus
ENV RUS_INDEX_DIR=/data/index RUS_CACHE_DIR=/data/cache
VOLUME /data
EXPOSE 7860
ENTRYPOINT ["rus"]
CMD ["serve", "--host", "0.0.0.0"]
