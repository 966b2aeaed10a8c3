; The view of the map: the 20 by 18 tiles in sight at C3A0, out of blocks of 4 by 4. It is drawn in the first frame of every step, so its
; loops are unrolled. Vertically four blocks and a half are in sight, horizontally five, or four between two halves.
	.module view

	hBank = 0xFFB8
	hBlocks = 0xFF9C		; where the tileset's blocks are; a multiple of 16
	hHalf = 0xFF9E			; 0: all four rows of each block, 1: the upper two, 9: the lower two

	.area _CODE

; Fetches a block: its number is at BC, which goes on and waits on the stack; DE: where its tiles are.
	.macro	fetch_block
	ld	a, (bc)
	inc	bc
	push	bc
	swap	a
	ld	e, a
	and	#0x0F
	ld	d, a
	ldh	a, (hBlocks)
	ld	c, a
	ld	a, e
	and	#0xF0
	add	a, c
	ld	e, a
	ldh	a, (hBlocks + 1)
	adc	a, d
	ld	d, a
	ldh	a, (hHalf)
	and	#8
	add	a, e
	ld	e, a
	.endm

	.macro	row_of_four
	.rept 3
	ld	a, (de)
	inc	e
	ld	(hl+), a
	.endm
	ld	a, (de)
	inc	de
	ld	(hl+), a
	.endm

	.macro	row_of_two
	ld	a, (de)
	inc	e
	ld	(hl+), a
	ld	a, (de)
	inc	e
	ld	(hl+), a
	inc	e
	inc	e
	.endm

; One block. HL goes on to the next.
whole_block:
	fetch_block
	ld	bc, #16
	ldh	a, (hHalf)
	and	a
	jr	nz, whole_half
	row_of_four
	add	hl, bc
	row_of_four
	add	hl, bc
	row_of_four
	add	hl, bc
	row_of_four
	ld	bc, #-60
	add	hl, bc
	pop	bc
	ret
whole_half:
	row_of_four
	add	hl, bc
	row_of_four
	ld	bc, #-20
	add	hl, bc
	pop	bc
	ret

; The right half of a block at the left edge, the left half of one at the right edge.
right_half:
	fetch_block
	inc	e
	inc	e
	jr	half_block
left_half:
	fetch_block
half_block:
	ld	bc, #18
	ldh	a, (hHalf)
	and	a
	jr	nz, half_half
	row_of_two
	add	hl, bc
	row_of_two
	add	hl, bc
	row_of_two
	add	hl, bc
	row_of_two
	ld	bc, #-60
	add	hl, bc
	pop	bc
	ret
half_half:
	row_of_two
	add	hl, bc
	row_of_two
	ld	bc, #-20
	add	hl, bc
	pop	bc
	ret

; A row of blocks, from BC on; ends at the first of the next row, in the map and on the screen.
row_of_blocks:
	push	bc
	ld	a, (0xD364)
	and	a
	push	af
	call	z, whole_block
	pop	af
	push	af
	call	nz, right_half
	call	whole_block
	call	whole_block
	call	whole_block
	call	whole_block
	pop	af
	call	nz, left_half
	ldh	a, (hHalf)
	and	a
	ld	bc, #60
	jr	z, row_end_whole
	ld	bc, #20
row_end_whole:
	add	hl, bc
	pop	bc
	ld	a, (0xD369)		; map width plus the border of three on both sides
	add	a, #6
	add	a, c
	ld	c, a
	ret	nc
	inc	b
	ret

four_rows:
	xor	a
	ldh	(hHalf), a
	call	row_of_blocks
	call	row_of_blocks
	call	row_of_blocks
	jr	row_of_blocks

_build_view::
	ldh	a, (hBank)
	push	af
	ld	a, (0xD52B)
	ldh	(hBank), a
	ld	(0x2000), a
	ld	hl, #0xD52C
	ld	a, (hl+)
	ldh	(hBlocks), a
	ld	a, (hl)
	ldh	(hBlocks + 1), a
	ld	a, (0xD35F)
	ld	c, a
	ld	a, (0xD360)
	ld	b, a
	ld	hl, #0xC3A0
	ld	a, (0xD363)
	and	a
	jr	nz, view_lower_half
	call	four_rows
	ld	a, #1
	ldh	(hHalf), a
	call	row_of_blocks
	jr	view_done
view_lower_half:
	ld	a, #9
	ldh	(hHalf), a
	call	row_of_blocks
	call	four_rows
view_done:
	pop	af
	ldh	(hBank), a
	ld	(0x2000), a
	ret
