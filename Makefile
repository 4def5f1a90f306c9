.PHONY: base-images
base-images:
	@scripts/base-images.sh
