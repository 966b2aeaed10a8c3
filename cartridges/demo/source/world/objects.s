; A person's four objects; drawn for everybody in sight sixty times a second.
	.module objects

	.area _CODE_1

	; Two objects side by side: HL: where to, B: y, C: x of the first, D: tile, E: attributes.
	.macro	two_objects	aside
	ld	a, b
	ld	(hl+), a
	ld	a, c
	ld	(hl+), a
	ld	a, d
	inc	d
	ld	(hl+), a
	ld	a, e
	ld	(hl+), a
	ld	a, b
	ld	(hl+), a
	ld	a, c
	add	a, #aside
	ld	(hl+), a
	ld	a, d
	inc	d
	ld	(hl+), a
	ld	a, e
	ld	(hl+), a
	.endm

; DE: where to, A: y, on the stack: x, tile, 1 if mirrored. BC: behind the four objects.
_put_object::
	add	a, #16
	ld	b, a
	push	de
	ldhl	sp, #4
	ld	a, (hl+)
	add	a, #8
	ld	c, a
	ld	a, (hl+)
	ld	d, a
	ld	a, (hl)
	pop	hl
	and	a
	jr	nz, mirrored
	ld	e, a
	two_objects 8
	ld	a, b
	add	a, #8
	ld	b, a
	two_objects 8
	jr	objects_done
mirrored:
	ld	e, #0x20
	ld	a, c
	add	a, #8
	ld	c, a
	two_objects -8
	ld	a, b
	add	a, #8
	ld	b, a
	two_objects -8
objects_done:
	ld	b, h
	ld	c, l
	pop	hl
	add	sp, #3
	jp	(hl)
